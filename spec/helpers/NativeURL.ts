/** A URL as React Native before 0.80 has it: it accepts any text, and can be read as text alone. */
export class NativeURL {
  readonly href: string;

  constructor(url: string) {
    this.href = url.endsWith('/') ? url : `${url}/`;
  }
}

const parts = [
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'origin',
  'pathname',
  'search',
  'hash',
];
for (const name of parts) {
  Object.defineProperty(NativeURL.prototype, name, {
    get: () => {
      throw new Error(`URL.${name} is not implemented`);
    },
  });
}
