/** The part of XMLHttpRequest that Angular's backend uses, over `fetch`: Node has none. */
export class NodeXhr {
  responseType = '';
  status = 0;
  statusText = '';
  responseURL = '';
  responseText = '';
  readyState = 0;
  readonly upload = { addEventListener: (): void => undefined, removeEventListener: (): void => undefined };
  readonly #listeners = new Map<string, Set<(event: unknown) => void>>();
  readonly #aborter = new AbortController();
  readonly #headers: Record<string, string> = {};
  #method = '';
  #url = '';
  #responseHeaders = '';

  get response(): string {
    return this.responseText;
  }

  open(method: string, url: string): void {
    this.#method = method;
    this.#url = url;
  }

  setRequestHeader(name: string, value: string): void {
    this.#headers[name] = value;
  }

  getAllResponseHeaders(): string {
    return this.#responseHeaders;
  }

  addEventListener(type: string, listener: (event: unknown) => void): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  removeEventListener(type: string, listener: (event: unknown) => void): void {
    this.#listeners.get(type)?.delete(listener);
  }

  abort(): void {
    this.#aborter.abort();
  }

  send(body: string | null): void {
    void this.#run(body).then(
      () => this.#end('load'),
      (error: unknown) => {
        if (this.#aborter.signal.aborted) return;
        // As the standard has it: a network error leaves nothing of the response.
        this.status = 0;
        this.#end('error', error);
      },
    );
  }

  async #run(body: string | null): Promise<void> {
    const { signal } = this.#aborter;
    const response = await fetch(this.#url, { method: this.#method, headers: this.#headers, body, signal });
    this.status = response.status;
    this.statusText = response.statusText;
    this.responseURL = response.url;
    this.#responseHeaders = [...response.headers].map(([name, value]) => `${name}: ${value}`).join('\r\n');
    const decoder = new TextDecoder();
    for await (const bytes of response.body ?? []) {
      this.responseText += decoder.decode(bytes, { stream: true });
      this.#emit('progress', { loaded: this.responseText.length, lengthComputable: false });
    }
  }

  #end(type: 'load' | 'error', event?: unknown): void {
    this.readyState = 4;
    this.#emit(type, event);
  }

  #emit(type: string, event: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }
}
