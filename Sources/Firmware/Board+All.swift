extension Board {
  /// The boards of `tools/firmware`. Numbers of code and stack are least-squares fits of what images of random students
  /// take, as `tools/board-sizes` prints them, of gcc 12.2 with -Os.
  public static let all = [
    Board(
      name: "cortex-m4f", flash: 64 << 10, ram: 16 << 10, libraryData: 104,
      code: [
        .base: 952, .classifier: 851, .logit: 20, .state: -594, .amplitude: -522, .unnormalized: -709, .phase: -476,
        .angle: 3727, .basis: -473, .features: 102, .turn: 17, .roundedTurn: 261, .cnot: 252, .cz: 194,
        .expectation: 278, .amplitudeForm: 294, .scaledForm: 298, .productForm: 83, .turnCall: 11,
        .entanglingCall: 7, .term: 21, .bit: 21, .single: 2,
      ],
      stack: [
        .base: 63, .classifier: 38, .logit: 4.2, .state: 10, .amplitude: 5.8, .unnormalized: 6.2, .phase: 6.6,
        .angle: 28, .basis: 5.8, .features: 25, .turn: 5.6, .roundedTurn: 6, .cnot: 8.2, .cz: 10, .expectation: 12,
        .amplitudeForm: 20, .scaledForm: 17, .productForm: 14, .term: -0.3, .bit: 6, .single: -12,
      ]),
    Board(
      name: "cortex-m7", flash: 1024 << 10, ram: 64 << 10, libraryData: 104,
      code: [
        .base: 941, .classifier: 848, .logit: 23, .state: -590, .amplitude: -523, .unnormalized: -705, .phase: -483,
        .angle: 3730, .basis: -488, .features: 93, .turn: 16, .roundedTurn: 260, .cnot: 248, .cz: 191,
        .expectation: 277, .amplitudeForm: 290, .scaledForm: 294, .productForm: 80, .turnCall: 11,
        .entanglingCall: 7, .term: 21, .bit: 20, .single: 3,
      ],
      stack: [
        .base: 63, .classifier: 38, .logit: 4.2, .state: 10, .amplitude: 5.8, .unnormalized: 6.2, .phase: 6.6,
        .angle: 28, .basis: 5.8, .features: 25, .turn: 5.6, .roundedTurn: 6, .cnot: 8.2, .cz: 10, .expectation: 12,
        .amplitudeForm: 20, .scaledForm: 17, .productForm: 14, .term: -0.3, .bit: 6, .single: -12,
      ]),
    Board(
      name: "rv32", flash: 64 << 10, ram: 16 << 10, libraryData: 8,
      code: [
        .base: 950, .classifier: 828, .logit: 63, .state: -506, .amplitude: -432, .unnormalized: -623, .phase: -500,
        .angle: 3510, .basis: -497, .features: 123, .turn: 13, .roundedTurn: 309, .cnot: 182, .cz: 160,
        .expectation: 322, .amplitudeForm: 236, .scaledForm: 252, .productForm: 141, .turnCall: 9,
        .entanglingCall: 8, .term: 28, .bit: 11, .single: -26,
      ],
      stack: [
        .base: 84, .classifier: 39, .logit: 2.4, .state: 4, .amplitude: 12, .unnormalized: 17, .phase: 0.5,
        .angle: 51, .basis: -0.8, .features: 45, .turn: -17, .roundedTurn: 51, .cnot: 4.4, .cz: 6.6,
        .expectation: 33, .amplitudeForm: 14, .scaledForm: 13, .productForm: 23, .turnCall: -0.1, .bit: 2.6,
        .single: -8.2,
      ]),
    Board(
      name: "avr", flash: 32 << 10, ram: 2 << 10, libraryData: 0,
      code: [
        .base: 1903, .classifier: 1223, .logit: 74, .state: 431, .amplitude: 632, .unnormalized: -50, .phase: 256,
        .angle: 359, .basis: 276, .features: 680, .turn: 110, .roundedTurn: 776, .cnot: 641, .cz: 415,
        .expectation: 886, .amplitudeForm: 499, .scaledForm: 529, .productForm: -11, .turnCall: 9,
        .entanglingCall: 8, .term: 52, .bit: 19, .single: -237,
      ],
      stack: [
        .base: 53, .classifier: 27, .logit: 9, .state: 18, .amplitude: 7.1, .unnormalized: 8.5, .phase: 6,
        .angle: 8.5, .basis: 5.2, .features: 26, .turn: 0.1, .roundedTurn: 17, .cnot: 23, .cz: 25, .expectation: 17,
        .amplitudeForm: 18, .scaledForm: 25, .productForm: -7.5, .turnCall: 0.2, .entanglingCall: -0.1, .term: -0.2,
        .bit: 4.2, .single: -9.8,
      ]),
  ]
}
