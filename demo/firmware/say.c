// The console: %x is a word in hexadecimal, %d a small number in decimal, %s a text.
#include <stdarg.h>

#include "machine.h"

static void digits(word value) {
    for (word shift = 32; shift != 0;) {
        shift -= 4;
        word digit = (value >> shift) & 15u;
        UART = digit < 10u ? '0' + digit : 'a' + digit - 10u;
    }
}

// Below 1000. The core has no division.
static void number(word value) {
    char seen = 0;
    for (word unit = 100; unit != 0; unit = unit == 100u ? 10u : unit == 10u ? 1u : 0u) {
        char digit = '0';
        for (; value >= unit; value -= unit)
            digit++;
        if (digit != '0' || seen || unit == 1u) {
            UART = digit;
            seen = 1;
        }
    }
}

static void text(const char *string) {
    for (; *string; string++)
        UART = *string;
}

void say(const char *format, ...) {
    va_list values;
    va_start(values, format);
    for (; *format; format++) {
        if (*format != '%') {
            UART = *format;
            continue;
        }
        format++;
        if (*format == 'x')
            digits(va_arg(values, word));
        else if (*format == 'd')
            number(va_arg(values, word));
        else
            text(va_arg(values, const char *));
    }
    va_end(values);
}
