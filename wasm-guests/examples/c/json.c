#include "json.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static const json_t NONE = {NULL, 0};

static bool is_blank(char character) {
    return character == ' ' || character == '\t' || character == '\n' || character == '\r';
}

static size_t skip_blanks(const char *text, size_t length, size_t place) {
    while (place < length && is_blank(text[place])) {
        place += 1;
    }
    return place;
}

/* The length of the value that a text begins with; 0 when it ends too early. */
static size_t value_length(const char *text, size_t length) {
    size_t depth = 0;
    bool in_string = false;
    for (size_t place = 0; place < length; place += 1) {
        char character = text[place];
        if (in_string) {
            if (character == '\\') {
                place += 1;
            } else if (character == '"') {
                in_string = false;
                if (depth == 0) {
                    return place + 1;
                }
            }
        } else if (character == '"') {
            in_string = true;
        } else if (character == '{' || character == '[') {
            depth += 1;
        } else if (character == '}' || character == ']') {
            if (depth == 0) {
                return place;
            }
            depth -= 1;
            if (depth == 0) {
                return place + 1;
            }
        } else if (depth == 0 && (character == ',' || is_blank(character))) {
            return place;
        }
    }
    return depth == 0 && !in_string ? length : 0;
}

json_t json_of(const char *text, size_t length) {
    size_t start = skip_blanks(text, length, 0);
    json_t value = {text + start, value_length(text + start, length - start)};
    return value.length == 0 ? NONE : value;
}

/* The value after `place`, which is behind another one or behind the bracket that opens `within`. */
static json_t value_at(json_t within, size_t place) {
    place = skip_blanks(within.start, within.length, place);
    if (place < within.length && (within.start[place] == ',' || within.start[place] == ':')) {
        place += 1;
    }
    place = skip_blanks(within.start, within.length, place);
    if (place >= within.length || within.start[place] == '}' || within.start[place] == ']') {
        return NONE;
    }
    return json_of(within.start + place, within.length - place);
}

static size_t end_of(json_t within, json_t value) {
    return (size_t)(value.start - within.start) + value.length;
}

json_t json_member(json_t object, const char *name) {
    if (object.length == 0 || object.start[0] != '{') {
        return NONE;
    }
    json_t key = value_at(object, 1);
    while (key.length != 0) {
        json_t value = value_at(object, end_of(object, key));
        if (value.length == 0 || json_equals(key, name)) {
            return value;
        }
        key = value_at(object, end_of(object, value));
    }
    return NONE;
}

json_t json_next(json_t array, json_t previous) {
    if (array.length == 0 || array.start[0] != '[') {
        return NONE;
    }
    return value_at(array, previous.length == 0 ? 1 : end_of(array, previous));
}

static void append_bytes(builder_t *builder, const char *bytes, size_t length) {
    if (builder->length + length + 1 > builder->room) {
        builder->room = 2 * (builder->length + length + 1);
        builder->text = realloc(builder->text, builder->room);
        if (builder->text == NULL) {
            abort();
        }
    }
    memcpy(builder->text + builder->length, bytes, length);
    builder->length += length;
    builder->text[builder->length] = '\0';
}

/* A code point as UTF-8. */
static void append_code_point(builder_t *builder, uint32_t code) {
    char bytes[4];
    size_t length = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
    static const uint8_t leads[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t place = length; place > 1; place -= 1) {
        bytes[place - 1] = (char)(0x80 | (code & 0x3F));
        code >>= 6;
    }
    bytes[0] = (char)(leads[length] | code);
    append_bytes(builder, bytes, length);
}

static uint32_t code_unit(const char *digits) {
    uint32_t code = 0;
    for (size_t place = 0; place < 4; place += 1) {
        char digit = digits[place];
        code = code * 16 + (uint32_t)(digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
    }
    return code;
}

char *json_text(json_t value) {
    if (value.length < 2 || value.start[0] != '"') {
        return NULL;
    }
    builder_t text = {0};
    append_bytes(&text, "", 0);
    const char *end = value.start + value.length - 1;
    for (const char *at = value.start + 1; at < end; at += 1) {
        if (*at != '\\') {
            append_bytes(&text, at, 1);
            continue;
        }
        at += 1;
        static const char *const names = "bfnrt", *const meanings = "\b\f\n\r\t";
        const char *name = strchr(names, *at);
        if (name != NULL) {
            append_bytes(&text, meanings + (name - names), 1);
        } else if (*at == 'u' && end - at > 4) {
            uint32_t code = code_unit(at + 1);
            at += 4;
            if (code >= 0xD800 && code < 0xDC00 && end - at > 6 && at[1] == '\\' && at[2] == 'u') {
                code = 0x10000 + ((code - 0xD800) << 10) + (code_unit(at + 3) - 0xDC00);
                at += 6;
            }
            append_code_point(&text, code);
        } else {
            append_bytes(&text, at, 1);
        }
    }
    return text.text;
}

bool json_equals(json_t value, const char *text) {
    char *characters = json_text(value);
    bool equal = characters != NULL && strcmp(characters, text) == 0;
    free(characters);
    return equal;
}

void append(builder_t *builder, const char *text) {
    append_bytes(builder, text, strlen(text));
}

void append_value(builder_t *builder, json_t value) {
    append_bytes(builder, value.start, value.length);
}

void append_number(builder_t *builder, unsigned number) {
    if (number >= 10) {
        append_number(builder, number / 10);
    }
    char digit = (char)('0' + number % 10);
    append_bytes(builder, &digit, 1);
}

/* As one part of a path: RFC 3986, section 2.3. */
void append_encoded(builder_t *builder, const char *text) {
    static const char digits[] = "0123456789ABCDEF";
    for (; *text != '\0'; text += 1) {
        unsigned char byte = (unsigned char)*text;
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9');
        if (plain || strchr("-._~", byte) != NULL) {
            append_bytes(builder, text, 1);
        } else {
            char encoded[] = {'%', digits[byte >> 4], digits[byte & 15]};
            append_bytes(builder, encoded, sizeof encoded);
        }
    }
}
