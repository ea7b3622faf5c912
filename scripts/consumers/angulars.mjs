/** Supported major versions of Angular, with the versions of their tools, and the Node that their CLI needs if it is a newer one. */
export const angulars = {
  20: { version: '20.3.32', build: '20.3.37', typescript: '5.9.3', zone: '0.15.1' },
  21: { version: '21.2.24', build: '21.2.24', typescript: '5.9.3', zone: '0.15.1' },
  22: { version: '22.2.0', build: '22.2.0', typescript: '6.0.3', zone: '0.16.3', node: '24.21.0' },
};
