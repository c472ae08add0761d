/** Why a rotation stops. The message is made here and holds neither a value of the secret nor a statement. */
export class RotationFault extends Error {
  override readonly name = "RotationFault";
}
