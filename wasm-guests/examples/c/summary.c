/* What one wants to know of a customer before a call: the company, what it pays, and which tickets are open. */
#include "action.h"
#include "json.h"

#include <string.h>

static action_string_t borrowed(const char *text) {
    return (action_string_t){(uint8_t *)text, strlen(text)};
}

/* Ends the action with what the agent reads. */
static bool fail(action_failure_t *failure, const char *message) {
    action_string_dup(&failure->message, message);
    failure->stack.is_some = false;
    return false;
}

/* What the host says when there is no response: every case of the variant holds a text. */
static bool fail_request(action_failure_t *failure, toolgate_action_http_failure_t *why) {
    failure->message = why->val.refused;
    failure->stack.is_some = false;
    return false;
}

static bool get(const char *path, toolgate_action_http_response_t *response, toolgate_action_http_failure_t *why) {
    toolgate_action_http_request_t request = {.method = borrowed("GET"), .url = borrowed(path)};
    return toolgate_action_http_send(&request, response, why);
}

static json_t body_of(const toolgate_action_http_response_t *response) {
    return json_of((const char *)response->body.ptr, response->body.len);
}

static bool fail_status(action_failure_t *failure, uint16_t status) {
    builder_t message = {0};
    append(&message, "the API answered with status ");
    append_number(&message, status);
    return fail(failure, message.text);
}

/* Nothing is freed: the memory of a call ends with it. */
bool exports_action_run(action_string_t *data, action_string_t *result, action_failure_t *failure) {
    json_t call = json_of((const char *)data->ptr, data->len);
    char *customer_id = json_text(json_member(json_member(call, "input"), "customer_id"));
    if (customer_id == NULL) {
        return fail(failure, "the action needs `customer_id`");
    }

    builder_t path = {0};
    append(&path, "/customers/");
    append_encoded(&path, customer_id);
    toolgate_action_http_response_t customer, tickets;
    toolgate_action_http_failure_t why;
    if (!get(path.text, &customer, &why)) {
        return fail_request(failure, &why);
    }
    if (customer.status == 404) {
        builder_t message = {0};
        append(&message, "there is no customer ");
        append(&message, customer_id);
        return fail(failure, message.text);
    }
    append(&path, "/tickets");
    if (!get(path.text, &tickets, &why)) {
        return fail_request(failure, &why);
    }
    if (customer.status != 200 || tickets.status != 200) {
        return fail_status(failure, customer.status != 200 ? customer.status : tickets.status);
    }

    json_t list = json_member(body_of(&tickets), "data");
    builder_t open = {0};
    unsigned count = 0;
    for (json_t ticket = json_next(list, (json_t){0}); ticket.length != 0; ticket = json_next(list, ticket)) {
        count += 1;
        if (json_equals(json_member(ticket, "status"), "open")) {
            append(&open, open.length == 0 ? "" : ",");
            append_value(&open, json_member(ticket, "title"));
        }
    }

    builder_t line = {0}, summary = {0};
    append(&line, customer_id);
    append(&line, ": ");
    append_number(&line, count);
    append(&line, " tickets");
    action_string_t written = borrowed(line.text);
    toolgate_action_log_write(TOOLGATE_ACTION_LOG_LEVEL_INFO, &written);

    append(&summary, "{\"company\":");
    append_value(&summary, json_member(body_of(&customer), "company"));
    append(&summary, ",\"annual_value\":");
    append_value(&summary, json_member(body_of(&customer), "annual_value"));
    append(&summary, ",\"tickets\":");
    append_number(&summary, count);
    append(&summary, ",\"open\":[");
    append(&summary, open.length == 0 ? "" : open.text);
    append(&summary, "]}");
    action_string_dup_n(result, summary.text, summary.length);
    return true;
}
