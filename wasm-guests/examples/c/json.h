/* Just enough JSON for an action: values found in a text, and texts that grow. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

/* A value as it stands in its text. Empty (`length` 0) when there is none. */
typedef struct {
    const char *start;
    size_t length;
} json_t;

/* The whole text, without blanks around it. */
json_t json_of(const char *text, size_t length);

/* The member of an object that has this name. */
json_t json_member(json_t object, const char *name);

/* The element of an array that follows `previous`; the first one after an empty value. */
json_t json_next(json_t array, json_t previous);

/* A string's characters, without escapes, in memory of its own; NULL when the value is no string. */
char *json_text(json_t value);

bool json_equals(json_t value, const char *text);

/* Text that grows. */
typedef struct {
    char *text;
    size_t length;
    size_t room;
} builder_t;

void append(builder_t *builder, const char *text);
void append_value(builder_t *builder, json_t value);
void append_number(builder_t *builder, unsigned number);
void append_encoded(builder_t *builder, const char *text);

#endif
