throw new DOMException('it took too long', 'AbortError');
