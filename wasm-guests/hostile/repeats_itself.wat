;; Sends a request whose 4000 headers all name the same 60,000 bytes: 240 MB for the host, 60 KB for the guest.
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
  (core module $memory (memory (export "memory") 3)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096)))
  (core instance $memory (instantiate $memory))
  (core func $call (canon lower (func $http "send") (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core module $code
    (import "memory" "memory" (memory 3))
    (import "host" "call" (func $send (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))
    (data (i32.const 64) "GEThttps://api.example/")
    (func (export "run") (param i32 i32) (result i32) (local $header i32)
      (local.set $header (i32.const 65536))
      (loop $again
        (i32.store offset=4 (local.get $header) (i32.const 1)) ;; a name of one byte
        (i32.store offset=8 (local.get $header) (i32.const 128)) ;; the value
        (i32.store offset=12 (local.get $header) (i32.const 60000))
        (local.set $header (i32.add (local.get $header) (i32.const 16)))
        (br_if $again (i32.lt_u (local.get $header) (i32.const 129536))))
      (call $send
          (i32.const 64) (i32.const 3) ;; method
          (i32.const 67) (i32.const 20) ;; url
          (i32.const 65536) (i32.const 4000) ;; headers
          (i32.const 0) (i32.const 0) (i32.const 0) ;; no body
          (i32.const 0) (i32.const 0) ;; no timeout
          (i32.const 32))
      ;; An empty result.
      (i32.const 16)))
  (core instance $code (instantiate $code
    (with "memory" (instance $memory))
    (with "host" (instance (export "call" (func $call))))))
  (func (export "run") async (param "data" string) (result (result string (error $failure)))
    (canon lift (core func $code "run") (memory (core memory $memory "memory")) (realloc (core func $memory "realloc")))))
