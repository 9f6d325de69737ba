/// 1 − share, for a share that stands for the decimal number it was written as: for 0.999 it is
/// 0.001, as in Keras, and not the 0.00099998713 that the nearest Float of 0.999 leaves. Decimals
/// are taken to seven places.
func complement(of share: Float) -> Float {
  Float(1 - (Double(share) * 1e7).rounded() / 1e7)
}
