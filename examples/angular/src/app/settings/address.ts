/** The problem of a base URL, with its cure; `null` if it can be used. */
export function problemOfAddress(address: string): string | null {
  if (address === '' || address.startsWith('/')) return null;
  if (!/^https?:\/\//i.test(address))
    return 'The address has no scheme. Start it with http:// or https://, for example http://localhost:11434/v1.';
  return URL.canParse(address)
    ? null
    : 'The address is not valid. Check the host and the port, for example http://localhost:11434/v1.';
}
