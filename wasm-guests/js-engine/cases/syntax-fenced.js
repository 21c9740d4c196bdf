
```js
return { a: 1 };
```
