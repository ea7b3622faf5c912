/** Returns the text of a chunk in OpenAI's format, for all subjects that emit chunks. */
export function textOf(chunk) {
  const content = chunk.choices?.[0]?.delta?.content;
  return typeof content === 'string' ? content : '';
}
