/* Misbehaves as its input says. */
#include "action.h"

#include <stdlib.h>
#include <string.h>

/* Nobody can leave out what ends up here. */
static char *volatile kept;

static bool asks(const action_string_t *data, const char *how) {
    size_t length = strlen(how);
    for (size_t place = 0; place + length <= data->len; place += 1) {
        if (memcmp(data->ptr + place, how, length) == 0) {
            return true;
        }
    }
    return false;
}

static __attribute__((noinline)) uint32_t breaks(volatile uint32_t *address) {
    return *address;
}

bool exports_action_run(action_string_t *data, action_string_t *result, action_failure_t *failure) {
    if (asks(data, "loops")) {
        for (volatile unsigned turn = 0;; turn += 1) {
        }
    }
    if (asks(data, "hoards")) {
        for (size_t sum = 0;; sum += 1) {
            char *hoard = malloc(1048576);
            if (hoard == NULL) {
                abort();
            }
            memset(hoard, (int)sum, 1048576);
            kept = hoard;
        }
    }
    if (asks(data, "breaks")) {
        action_string_dup(result, breaks((volatile uint32_t *)0xFFFFFFF0u) == 0 ? "0" : "1");
        return true;
    }
    action_string_dup(&failure->message, "nobody knows how to do that");
    failure->stack.is_some = false;
    return false;
}
