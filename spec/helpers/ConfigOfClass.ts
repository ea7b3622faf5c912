import type { ChatConfig } from '../../lib/call/config';

/** A config whose fields are those of its class. */
export class ConfigOfClass implements ChatConfig {
  readonly #apiKey = 'sk-of-the-class';
  get apiKey(): string {
    return this.#apiKey;
  }
  get baseURL(): string {
    return 'http://llm.example.com/v1';
  }
}
