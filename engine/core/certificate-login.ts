/**
 * By which certificate the server of an embedded database knows its superuser, and the superuser the server: PEM files, relative
 * to the instance's folder.
 */
export const CERTIFICATE_FILE = "login/certificate.pem";
/** Its private key, PKCS #8; 0600, of the server's user. */
export const CERTIFICATE_KEY_FILE = "login/key.pem";
