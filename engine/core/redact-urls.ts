/** `postgres://user:secret@host` anywhere in a text, and a password among a URL's parameters. */
const CREDENTIALS = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s@]*@/gi;
const PARAMETER = /([?&](?:password|sslpassword)=)[^&\s]*/gi;

/**
 * Takes passwords out of every URL in a text. The last line of defence: a person pastes an address where a name belongs, and
 * the error that quotes it goes to a log.
 */
export function redactUrls(text: string): string {
  return text.replace(CREDENTIALS, "$1:***@").replace(PARAMETER, "$1***");
}
