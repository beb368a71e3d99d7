#pragma once

/// Marks a kernel that is compiled for each instruction set and selected when the program is loaded, so that
/// one binary uses AVX-512 or AVX2 if the processor has them. The body must be plain loops: a lambda passed
/// to another function would be compiled for the baseline. Disabled under the thread sanitizer, which is not
/// initialised at the selection and crashes.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__SANITIZE_THREAD__)
#define GANYMEDE_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define GANYMEDE_CLONES
#endif

/// For the templated body that several clones share.
#define GANYMEDE_INLINE [[gnu::always_inline]] inline
