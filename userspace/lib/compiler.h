/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_LIB_COMPILER_H
#define _SBX_LIB_COMPILER_H

#define __printf(a, b)	__attribute__((format(printf, a, b)))
#define __noreturn	__attribute__((noreturn))
#define __cleanup(f)	__attribute__((cleanup(f)))

#endif /* _SBX_LIB_COMPILER_H */
