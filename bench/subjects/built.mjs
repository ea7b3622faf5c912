// This library as it is published: the build, through its only door.
export * from '../../dist/index.js';
