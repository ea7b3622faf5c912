/** Consequence of a finding: a score only, or a blocked request. */
export interface ModerationRule {
  readonly mode: 'score' | 'block' | (string & {});
}

/** Moderation of the request and of the answer by a model. OpenAI only. */
export interface Moderation {
  /** The moderation model, such as `'omni-moderation-latest'`. */
  readonly model: string;
  readonly policy?: {
    readonly input?: ModerationRule | null;
    readonly output?: ModerationRule | null;
  } | null;
}
