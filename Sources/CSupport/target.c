// Compiled for the build's target, and data alone: the code that reads it must run on any processor (CProcessor).
#include "ProcessorFeatures.h"

// 1 where the compiler defines the macro as 1, else 0.
#define IS_ONE(macro) IS_ONE_EXPANDED(macro)
#define IS_ONE_EXPANDED(value) SECOND_OF(IS_ONE_##value, 0, ~)
#define IS_ONE_1 ~, 1
#define SECOND_OF(...) SECOND(__VA_ARGS__)
#define SECOND(first, second, ...) second

#define BIT(place, macro, name) | (uint32_t)IS_ONE(macro) << place
const uint32_t qkd_required_features = 0 QKD_PROCESSOR_FEATURES(BIT);
const char qkd_target_name[] = QKD_CPU;
