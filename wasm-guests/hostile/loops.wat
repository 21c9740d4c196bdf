;; Computes for ever.
(component
  (import "toolgate:action/types@0.1.0" (instance $types
    (type $failure' (record (field "message" string) (field "stack" (option string))))
    (export "failure" (type (eq $failure')))))
  (alias export $types "failure" (type $failure))
  (core module $code
    (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
    (func (export "run") (param i32 i32) (result i32)
      (loop $again (br $again))
      unreachable))
  (core instance $code (instantiate $code))
  (func (export "run") async (param "data" string) (result (result string (error $failure)))
    (canon lift (core func $code "run") (memory (core memory $code "memory")) (realloc (core func $code "realloc")))))
