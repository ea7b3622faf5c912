/** The text that a chunk of OpenAI's shape adds, read the same way for all who get chunks. */
export function textOf(chunk) {
  const content = chunk.choices?.[0]?.delta?.content;
  return typeof content === 'string' ? content : '';
}
