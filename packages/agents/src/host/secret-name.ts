/** `GITHUB_TOKEN`, `OPENAI_API_KEY`, `PGPASSWORD`, `AWS_SECRET_ACCESS_KEY`; not `SSH_AUTH_SOCK` or `PASSWORD_STORE_DIR`. */
const SECRET_NAME =
  /(?:TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|_PWD|(?:^|_)(?:API|ACCESS|AUTH|PRIVATE|SECRET|SIGNING|ENCRYPTION)_?KEY)S?$/i;

/** Whether the name of an environment variable says that its value is a secret (G30). */
export function isSecretName(name: string): boolean {
  return SECRET_NAME.test(name);
}
