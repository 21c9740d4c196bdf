class A {
  #x = 1; // not #total
  get() { return this.#x; }
  sum() { return this.#total + this.#x; }
}
return new A().sum();
