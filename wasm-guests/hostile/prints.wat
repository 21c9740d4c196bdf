;; Prints 3000 lines to stdout, as the runtimes of most languages do, and one without an end.
(component
  (import "toolgate:action/types@0.1.0" (instance $types
    (type $failure' (record (field "message" string) (field "stack" (option string))))
    (export "failure" (type (eq $failure')))))
  (alias export $types "failure" (type $failure))
  (import "wasi:io/error@0.2.6" (instance $error (export "error" (type (sub resource)))))
  (alias export $error "error" (type $error-type))
  (import "wasi:io/streams@0.2.6" (instance $streams
    (export "output-stream" (type $stream (sub resource)))
    (alias outer 1 $error-type (type $error'))
    (type $stream-error' (variant (case "last-operation-failed" (own $error')) (case "closed")))
    (export "stream-error" (type $stream-error (eq $stream-error')))
    (export "[method]output-stream.blocking-write-and-flush"
      (func (param "self" (borrow $stream)) (param "contents" (list u8)) (result (result (error $stream-error)))))))
  (alias export $streams "output-stream" (type $output-stream))
  (import "wasi:cli/stdout@0.2.6" (instance $stdout
    (alias outer 1 $output-stream (type $stream'))
    (export "output-stream" (type $stream (eq $stream')))
    (export "get-stdout" (func (result (own $stream))))))
  (core module $memory (memory (export "memory") 1)
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 4096)))
  (core instance $memory (instantiate $memory))
  (core func $get-stdout (canon lower (func $stdout "get-stdout")))
  (core func $write (canon lower (func $streams "[method]output-stream.blocking-write-and-flush")
    (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))
  (core module $code
    (import "memory" "memory" (memory 1))
    (import "host" "get-stdout" (func $get-stdout (result i32)))
    (import "host" "write" (func $write (param i32 i32 i32 i32)))
    (data (i32.const 64) "a line\n")
    (func (export "run") (param i32 i32) (result i32) (local $stdout i32) (local $line i32)
      (local.set $stdout (call $get-stdout))
      (call $write (local.get $stdout) (i32.const 64) (i32.const 4) (i32.const 32))
      (loop $again
        (call $write (local.get $stdout) (i32.const 64) (i32.const 7) (i32.const 32))
        (local.set $line (i32.add (local.get $line) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $line) (i32.const 3000))))
      (call $write (local.get $stdout) (i32.const 64) (i32.const 3) (i32.const 32))
      (i32.const 16)))
  (core instance $code (instantiate $code
    (with "memory" (instance $memory))
    (with "host" (instance (export "get-stdout" (func $get-stdout)) (export "write" (func $write))))))
  (func (export "run") async (param "data" string) (result (result string (error $failure)))
    (canon lift (core func $code "run") (memory (core memory $memory "memory")) (realloc (core func $memory "realloc")))))
