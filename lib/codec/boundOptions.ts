/**
 * Returns a view of options in which each function is bound to them.
 *
 * The options may be an instance of a class, and its methods are called alone. Read the view by name only: it has no fields of its
 * own to spread.
 */
export const boundOptions = <T extends object>(options: T): T =>
  new Proxy({} as T, {
    get: (_, name) => {
      const option: unknown = Reflect.get(options, name);
      return typeof option === 'function' ? (option.bind(options) as unknown) : option;
    },
  });
