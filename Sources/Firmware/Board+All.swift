extension Board {
  /// The boards of `tools/firmware`. Numbers of code and stack are least-squares fits of what images of random students
  /// take, as `tools/board-sizes` prints them, of gcc 12.2 with -Os.
  public static let all = [
    Board(
      name: "cortex-m4f", flash: 64 << 10, ram: 16 << 10, libraryData: 104,
      code: [
        .base: 973.1, .classifier: 840.1, .logit: 5.3, .state: -582.6, .amplitude: -558.5, .unnormalized: -700.2,
        .phase: -468, .angle: 3729.3, .basis: -446.9, .features: 133, .turn: 7.8, .roundedTurn: 247.7, .cnot: 283.5,
        .cz: 228.7, .expectation: 255.5, .amplitudeForm: 297.9, .scaledForm: 334.5, .productForm: 85.3,
        .turnCall: 11.2, .entanglingCall: 6.2, .term: 24.8, .bit: 14, .single: -4.4,
      ],
      stack: [
        .base: 71.3, .classifier: 39.6, .logit: 4.6, .state: 12.9, .amplitude: 5.8, .unnormalized: 7.9, .phase: 9.6,
        .angle: 24.4, .basis: 10.7, .features: 31.7, .turn: 7, .roundedTurn: 7.6, .cnot: 7.8, .cz: 9,
        .expectation: 14.6, .amplitudeForm: 22.9, .scaledForm: 18.6, .productForm: 15.3, .term: -0.4, .bit: 5.3,
        .single: -11,
      ]),
    Board(
      name: "cortex-m7", flash: 1024 << 10, ram: 64 << 10, libraryData: 104,
      code: [
        .base: 960.7, .classifier: 837.3, .logit: 8.3, .state: -578.5, .amplitude: -558.8, .unnormalized: -695.6,
        .phase: -475.5, .angle: 3732.4, .basis: -463.3, .features: 123.4, .turn: 7.3, .roundedTurn: 247.2,
        .cnot: 277.9, .cz: 223.2, .expectation: 254.5, .amplitudeForm: 294.2, .scaledForm: 329.7, .productForm: 82.3,
        .turnCall: 11.2, .entanglingCall: 6.2, .term: 24.9, .bit: 13.4, .single: -4.4,
      ],
      stack: [
        .base: 71.3, .classifier: 39.6, .logit: 4.6, .state: 12.9, .amplitude: 5.8, .unnormalized: 7.9, .phase: 9.6,
        .angle: 24.4, .basis: 10.7, .features: 31.7, .turn: 7, .roundedTurn: 7.6, .cnot: 7.8, .cz: 9,
        .expectation: 14.6, .amplitudeForm: 22.9, .scaledForm: 18.6, .productForm: 15.3, .term: -0.4, .bit: 5.3,
        .single: -11,
      ]),
    Board(
      name: "rv32", flash: 64 << 10, ram: 16 << 10, libraryData: 8,
      code: [
        .base: 955.9, .classifier: 813.8, .logit: 48.1, .state: -503.2, .amplitude: -459.1, .unnormalized: -611.3,
        .phase: -499.9, .angle: 3522.9, .basis: -493.5, .features: 142.1, .turn: 17.6, .roundedTurn: 260.4,
        .cnot: 174.3, .cz: 153, .expectation: 278, .amplitudeForm: 237.3, .scaledForm: 279.2, .productForm: 161.4,
        .turnCall: 11.3, .entanglingCall: 6.1, .term: 28.2, .bit: 5.3, .single: -42.6,
      ],
      stack: [
        .base: 91, .classifier: 42.2, .logit: 2.4, .state: 8, .amplitude: 12.4, .unnormalized: 12.7, .phase: 5.6,
        .angle: 47, .basis: 5.1, .features: 48.7, .turn: -16.2, .roundedTurn: 55.9, .cnot: 3.2, .cz: 7.1,
        .expectation: 39.7, .amplitudeForm: 20, .scaledForm: 7.8, .productForm: 23.5, .turnCall: -0.1, .term: -1.4,
        .bit: 2.5, .single: -4.5,
      ]),
    Board(
      name: "avr", flash: 32 << 10, ram: 2 << 10, libraryData: 0,
      code: [
        .base: 1944.6, .classifier: 1197.6, .logit: 69, .state: 451.7, .amplitude: 596.4, .unnormalized: -30.9,
        .phase: 252.6, .angle: 373.4, .basis: 301.4, .features: 747, .turn: 87.9, .roundedTurn: 756.8, .cnot: 657.8,
        .cz: 443.8, .expectation: 844.7, .amplitudeForm: 506.6, .scaledForm: 606.7, .productForm: -13.4,
        .turnCall: 12.7, .entanglingCall: 7.3, .term: 54.7, .bit: 4.8, .single: -214.2,
      ],
      stack: [
        .base: 53.1, .classifier: 26.2, .logit: 7.7, .state: 14.2, .amplitude: 8.8, .unnormalized: 7.5, .phase: 5.7,
        .angle: 10.4, .basis: 6.5, .features: 26.9, .roundedTurn: 16.9, .cnot: 25.2, .cz: 27.3, .expectation: 17,
        .amplitudeForm: 18.9, .scaledForm: 26.2, .productForm: -9, .term: -0.3, .bit: 3.5, .single: -4.1,
      ]),
  ]
}
