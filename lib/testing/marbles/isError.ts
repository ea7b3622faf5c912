/** Whether a value is an error, of any realm: Jest's errors are of another one, and `DOMException` has a class of its own. */
export const isError = (value: unknown): value is Error =>
  ['[object Error]', '[object DOMException]'].includes(Object.prototype.toString.call(value)) ||
  value instanceof Error;
