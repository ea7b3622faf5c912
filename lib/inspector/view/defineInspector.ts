import { createInspectorClass, type InspectorElement } from './InspectorElement';

/**
 * Registers the custom element of the inspector. Calling it again has no effect.
 *
 * The element shows {@link sharedLog} unless its `log` property names another, and follows the colour scheme of its page. It has no
 * effect on a server without a DOM.
 *
 * @param name - The name of the element. Default `chat-inspector`.
 *
 * @example
 * ```ts
 * import { defineInspector } from 'rxjs-chat-completions/inspector';
 *
 * defineInspector();
 * if (typeof document !== 'undefined') document.body.append(document.createElement('chat-inspector'));
 * ```
 */
export function defineInspector(name = 'chat-inspector'): void {
  if (typeof customElements === 'undefined' || customElements.get(name) !== undefined) return;
  customElements.define(name, createInspectorClass());
}

declare global {
  interface HTMLElementTagNameMap {
    'chat-inspector': InspectorElement;
  }
}
