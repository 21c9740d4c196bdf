;; Sends requests of 1000 bytes until one fails, and then fails with what it was told.
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
  (core module $memory (memory (export "memory") 2)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096)))
  (core instance $memory (instantiate $memory))
  (core func $call (canon lower (func $http "send") (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core module $code
    (import "memory" "memory" (memory 2))
    (import "host" "call" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (data (i32.const 64) "GEThttps://api.example/")
    (func (export "run") (param i32 i32) (result i32)
      (loop $again
        (call $send
          (i32.const 64) (i32.const 3) ;; method
          (i32.const 67) (i32.const 20) ;; url
          (i32.const 0) (i32.const 0) ;; headers
          (i32.const 1) (i32.const 1024) (i32.const 977) ;; body
          (i32.const 0) (i32.const 0) ;; no timeout
          (i32.const 32))
        (br_if $again (i32.eqz (i32.load8_u (i32.const 32)))))
      ;; The failure's text, after its kind, becomes the message of ours; there is no stack.
      (i32.store (i32.const 16) (i32.const 1))
      (i32.store (i32.const 20) (i32.load (i32.const 40)))
      (i32.store (i32.const 24) (i32.load (i32.const 44)))
      (i32.store (i32.const 28) (i32.const 0))
      (i32.const 16)))
  (core instance $code (instantiate $code
    (with "memory" (instance $memory))
    (with "host" (instance (export "call" (func $call))))))
  (func (export "run") async (param "data" string) (result (result string (error $failure)))
    (canon lift (core func $code "run") (memory (core memory $memory "memory")) (realloc (core func $memory "realloc")))))
