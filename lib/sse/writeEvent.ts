/** Returns the text of an event, given its data, which may have several lines. */
export const writeEvent = (data: string): string => `data: ${data.replace(/\n/g, '\ndata: ')}\n\n`;
