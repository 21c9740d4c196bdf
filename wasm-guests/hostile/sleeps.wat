;; Waits for an hour.
(component
  (import "toolgate:action/types@0.1.0" (instance $types
    (type $failure' (record (field "message" string) (field "stack" (option string))))
    (export "failure" (type (eq $failure')))))
  (alias export $types "failure" (type $failure))
  (import "toolgate:action/clock@0.1.0" (instance $clock
    (export "sleep" (func async (param "milliseconds" u32)))))
  (core module $memory (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096)))
  (core instance $memory (instantiate $memory))
  (core func $call (canon lower (func $clock "sleep")))
  (core module $code
    (import "memory" "memory" (memory 1))
    (import "host" "call" (func $sleep (param i32)))
    (func (export "run") (param i32 i32) (result i32)
      (call $sleep (i32.const 3600000))
      (i32.const 16)))
  (core instance $code (instantiate $code
    (with "memory" (instance $memory))
    (with "host" (instance (export "call" (func $call))))))
  (func (export "run") async (param "data" string) (result (result string (error $failure)))
    (canon lift (core func $code "run") (memory (core memory $memory "memory")) (realloc (core func $memory "realloc")))))
