import { JSDOM } from 'jsdom';

/** A page for React, which is to be imported before it. */
const { window } = new JSDOM('<!doctype html>', { pretendToBeVisual: true });

Object.assign(globalThis, {
  window,
  document: window.document,
  IS_REACT_ACT_ENVIRONMENT: true,
  requestAnimationFrame: window.requestAnimationFrame,
  cancelAnimationFrame: window.cancelAnimationFrame,
});
// Node has a navigator of its own from version 21 on, which cannot be assigned to.
Object.defineProperty(globalThis, 'navigator', { value: window.navigator, configurable: true });
