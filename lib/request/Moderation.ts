/** Whether what is found is only scored, or stops the request. */
export interface ModerationRule {
  readonly mode: 'score' | 'block' | (string & {});
}

/** Has a moderation model look at the request and at the answer. OpenAI only. */
export interface Moderation {
  /** The moderation model, such as `'omni-moderation-latest'`. */
  readonly model: string;
  readonly policy?: {
    readonly input?: ModerationRule | null;
    readonly output?: ModerationRule | null;
  } | null;
}
