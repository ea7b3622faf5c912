// The build of this library, as it is published.
export * from '../../dist/index.js';
