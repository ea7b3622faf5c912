import type { HttpError } from '../../errors';

/**
 * Returns the field of the request that a server refuses by name, or the path to it, such as `reasoning.effort`; `null` if the
 * error is another.
 *
 * A field that is refused for a value of its own (`n: 9`) does not count, nor does one that is missing.
 */
export function refusedField({ status, serverMessage, body, code, type, param }: HttpError): string | null {
  if (status !== 400 && status !== 422) return null;
  // A message without the name beside a parameter with it: FastAPI, and OpenAI's "Web search options not supported".
  const beside = REFUSES.test(`${code ?? ''} ${type ?? ''} ${serverMessage}`) ? param : null;
  // OpenRouter and Azure's Foundry have the name elsewhere in the body.
  const name = nameIn(serverMessage) ?? beside ?? nameIn(body);
  return name === null ? null : pathOf(name);
}

/** Returns the field that a text names first, by the order of the forms. */
function nameIn(text: string): string | null {
  for (const form of FORMS) {
    const name = form.exec(text)?.[1];
    if (name !== undefined) return name;
  }
  return null;
}

/** Codes, types and messages of a refusal that names its field elsewhere. */
const REFUSES =
  /unsupported.(parameter|value)|unknown.(parameter|field)|extra.forbidden|(not|never) (supported|permitted|allowed|recognized)/i;

/** Messages that name the refused field. */
const FORMS: readonly RegExp[] = [
  // Groq: "property 'store' is unsupported, did you mean 'stop'?", Cerebras: "body.store: property 'body.store' is unsupported",
  // NestJS: "property store should not exist", Cohere: "unknown field: parameter 'store' is not a valid field"
  /\b(?:property|parameter) ['"`]?([\w.[\]-]+)['"`]? (?:is unsupported|is not a valid field|should not exist)/i,
  // OpenAI: "Unsupported parameter: 'max_tokens' is not supported with this model.", "Unknown parameter: 'store'.",
  // "Unsupported value: 'temperature' does not support 0.2 with this model.", Go, Rust and Python servers: json: unknown field
  // "store", unknown field `store`, unexpected keyword argument 'store', Zod: "Unrecognized key(s) in object: 'store'", others:
  // "unknown field: store", llama.cpp: "Unsupported param: n", Bedrock: "extraneous key [store] is not permitted", Azure's
  // Foundry: "Extra parameters ['store'] are not allowed", Azure: "Unrecognized request argument supplied: stream_options"
  /\b(?:un(?:supported|known|expected|recognized)|extra(?:neous)?) (?:(?:param(?:eter)?|field|key|(?:keyword |request )?argument|property)(?:s|\(s\))?(?: in object| supplied)?(?:: ?|:? ?[['"`]+)|value: ['"`])([\w.-]+(?:\[\d+\][\w.]*)*)/i,
  // Gemini: "Invalid JSON payload received. Unknown name \"store\": Cannot find field."
  /\bunknown name ['"]([\w.]+)['"]: cannot find field/i,
  // xAI: "Model grok-4 does not support parameter presencePenalty.", LiteLLM: "groq does not support parameters: ['store']",
  // Ollama: "\"llama3.2\" does not support thinking"
  /\bdoes not support (?:the )?(?:(?:parameter|field|argument)s?:? [[{'"`]*|(?=\w+$))([a-z]\w*)/im,
  // JSON Schema in Python: "Additional properties are not allowed ('store' was unexpected)"
  /\('(\w+)' (?:was|were) unexpected\)/i,
  // Fireworks: "Extra inputs are not permitted, field: 'store'", xAI: "Argument not supported on this model: stop"
  /\bnot (?:permitted, field|supported on this model): ['"`]?([\w.]+)/i,
  // Anthropic: "store: Extra inputs are not permitted", older Pydantic: "store: extra fields not permitted"
  /(?:^|\s)([\w.]+): extra (?:inputs are|fields) not permitted/i,
  // Azure's Foundry, in a list beside the message: {"loc": ["body", "store"], "msg": "Extra inputs are not permitted"}, older vLLM,
  // in Python: 'loc': ('body', 'store'), 'msg': 'Extra inputs are not permitted'
  /loc['"]: ?[[(]['"]body['"], ?['"](\w+)['"][\])], ?['"]msg['"]: ?['"]extra inputs are not permitted/i,
  // llama.cpp: "logprobs is not supported with tools + stream", OpenAI: "logprobs are not supported with reasoning models.",
  // others: "parameter 'n' is not supported"
  /(?:^|: |\b(?:[Pp]arameter|[Ff]ield|[Aa]rgument) )['"`]?([a-z][\w.]*)['"`]? (?:parameter |field )?(?:is|are) not (?:supported|allowed|permitted)\b/,
];

/** Returns a path such as `body.store` without the body, in the spelling of the API: xAI writes `presencePenalty`. */
const pathOf = (path: string): string | null =>
  path.replace(/^body\b\.?|\.$/g, '').replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) || null;
