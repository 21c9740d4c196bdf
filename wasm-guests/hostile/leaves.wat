;; Sends a request that may change something, and ends before its answer.
(component
  (import "toolgate:action/types@0.1.0" (instance $types
    (type $failure' (record (field "message" string) (field "stack" (option string))))
    (export "failure" (type (eq $failure')))))
  (alias export $types "failure" (type $failure))
  (import "toolgate:action/http@0.1.0" (instance $http
    (type $header' (record (field "name" string) (field "value" string)))
    (export "header" (type $header (eq $header')))
    (type $request' (record (field "method" string) (field "url" string) (field "headers" (list $header))
      (field "body" (option (list u8))) (field "timeout-ms" (option u32))))
    (export "request" (type $request (eq $request')))
    (type $response' (record (field "status" u16) (field "headers" (list $header)) (field "body" (list u8))))
    (export "response" (type $response (eq $response')))
    (type $failure'' (variant (case "refused" string) (case "timed-out" string) (case "unreachable" string)
      (case "too-large" string) (case "invalid" string)))
    (export "failure" (type $http-failure (eq $failure'')))
    (export "send" (func async (param "request" $request) (result (result $response (error $http-failure)))))))
  (import "toolgate:action/clock@0.1.0" (instance $clock
    (export "sleep" (func async (param "milliseconds" u32)))))
  (core module $memory (memory (export "memory") 2)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096)))
  (core instance $memory (instantiate $memory))
  (core func $call (canon lower (func $http "send") async (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core func $sleep (canon lower (func $clock "sleep") (memory (core memory $memory "memory"))))
  (core module $code
    (import "memory" "memory" (memory 2))
    (import "host" "call" (func $send (param i32 i32) (result i32)))
    (import "host" "sleep" (func $sleep (param i32)))
    (data (i32.const 64) "POST/tickets")
    (func (export "run") (param i32 i32) (result i32)
      (i32.store (i32.const 128) (i32.const 64)) (i32.store (i32.const 132) (i32.const 4)) ;; method
      (i32.store (i32.const 136) (i32.const 68)) (i32.store (i32.const 140) (i32.const 8)) ;; url
      ;; No headers, no body, no timeout: zeros.
      (drop (call $send (i32.const 128) (i32.const 256)))
      ;; Long enough for the request to leave.
      (call $sleep (i32.const 100))
      ;; An empty text.
      (i32.store (i32.const 16) (i32.const 0))
      (i32.store (i32.const 20) (i32.const 0))
      (i32.store (i32.const 24) (i32.const 0))
      (i32.const 16)))
  (core instance $code (instantiate $code
    (with "memory" (instance $memory))
    (with "host" (instance (export "call" (func $call)) (export "sleep" (func $sleep))))))
  (func (export "run") async (param "data" string) (result (result string (error $failure)))
    (canon lift (core func $code "run") (memory (core memory $memory "memory")) (realloc (core func $memory "realloc")))))
