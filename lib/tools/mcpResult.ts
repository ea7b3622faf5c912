import { isRecord } from '../codec/isRecord';
import { recordsIn } from '../codec/recordsIn';
import { RequestError } from '../errors';
import type { ImagePart, TextPart } from '../request/ContentPart';

/** A part of the result of an MCP tool. */
export type McpContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly data: string; readonly mimeType: string }
  | { readonly type: string };

/** The result of an MCP tool. */
export interface McpResult {
  /** Texts, images and resources. */
  readonly content?: readonly McpContent[] | undefined;
  /** The result as JSON. The model then receives it instead of the texts. */
  readonly structuredContent?: unknown;
  /** Whether the tool itself failed. Its text then contains the reason. */
  readonly isError?: boolean | undefined;
  /** Metadata of the protocol. */
  readonly _meta?: unknown;
}

/** Returns a result. Throws its text if the tool failed. */
export function orThrow(result: McpResult): McpResult {
  if (!isRecord(result) || !Array.isArray(result.content ?? []))
    throw new RequestError('call must return { content: […] }, as callTool does');
  if (result.isError === true) {
    const texts = textsIn(result);
    throw new Error((texts.length > 0 ? texts : structuredIn(result)).join('\n') || 'the tool failed');
  }
  return result;
}

/** Returns the result for the model: `structuredContent` or the texts, and the images. */
export function toParts(result: McpResult): readonly (TextPart | ImagePart)[] {
  const structured = structuredIn(result);
  const texts = structured.length > 0 ? structured : textsIn(result);
  return [...texts.map((text): TextPart => ({ type: 'text', text })), ...imagesIn(result)];
}

// Some servers send `null` for none.
const structuredIn = ({ structuredContent }: McpResult): readonly string[] =>
  structuredContent === undefined || structuredContent === null ? [] : [JSON.stringify(structuredContent)];

/** Returns the texts. A part that cannot be sent, such as audio, is named, so that the model does not take it for nothing. */
const textsIn = ({ content }: McpResult): readonly string[] =>
  recordsIn(content).flatMap((part: Part) => {
    const { type, text, resource } = part;
    const found = [text, resource?.text, linkIn(part), resource?.uri].find(
      (each) => typeof each === 'string',
    );
    if (typeof found === 'string') return [found];
    return imageIn(part) === undefined ? [`[${type}, not shown]`] : [];
  });

/** Returns a link with its name and description, from which the model knows whether to follow it. */
const linkIn = ({ name, description, uri }: Part): string | undefined =>
  typeof uri === 'string'
    ? [name, description, uri].filter((each) => typeof each === 'string').join(' - ')
    : undefined;

/** The fields of a part that are read, whatever its type. */
interface Part {
  readonly type?: string;
  readonly text?: unknown;
  readonly uri?: unknown;
  readonly name?: unknown;
  readonly description?: unknown;
  readonly data?: unknown;
  readonly mimeType?: unknown;
  readonly resource?: {
    readonly text?: unknown;
    readonly uri?: unknown;
    readonly blob?: unknown;
    readonly mimeType?: unknown;
  };
}

const imagesIn = ({ content }: McpResult): readonly ImagePart[] =>
  recordsIn(content).flatMap((part) => imageIn(part) ?? []);

/** Returns the image of a part: its own, or that of an embedded resource. */
function imageIn({ data, mimeType, resource }: Part): ImagePart | undefined {
  const bytes = data ?? resource?.blob;
  const type = mimeType ?? resource?.mimeType;
  return typeof bytes === 'string' && typeof type === 'string' && type.startsWith('image/')
    ? { type: 'image_url', image_url: { url: `data:${type};base64,${bytes}` } }
    : undefined;
}
