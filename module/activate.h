/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _SBX_ACTIVATE_H
#define _SBX_ACTIVATE_H

int sbx_activate_later(void);

#endif /* _SBX_ACTIVATE_H */
