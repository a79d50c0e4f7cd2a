package io.murmur.node.resp.command;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A floating-point number of the extended precision (64 bits of significand) that Redis adds with, so that both come to the same decimal
 * digits: {@code 3 + 1.1} is {@code 4.1}, and what is beyond 64 bits is lost in both.
 *
 * @param value exactly what it stands for; null for an infinity
 * @param negative its sign
 */
record LongDouble(@Nullable BigDecimal value, boolean negative) {

    static final LongDouble ZERO = new LongDouble(BigDecimal.ZERO, false);

    /** Longer ones are refused. */
    private static final int MOST_CHARACTERS = 5 * 1024 - 1;

    private static final int SIGNIFICAND_BITS = 64;
    /** Of the last bit of the least number there is. */
    private static final int LEAST_EXPONENT = -16_445;

    private static final BigDecimal GREATEST = new BigDecimal(
            BigInteger.TWO.pow(SIGNIFICAND_BITS).subtract(BigInteger.ONE).shiftLeft(16_384 - SIGNIFICAND_BITS));
    /** Powers of ten beyond which there is only too much, or nothing. */
    private static final int MOST_POWER = 5000;

    private static final int DECIMALS = 17;

    private static final Pattern DECIMAL =
            Pattern.compile("([+-]?)(?:(\\d+)(?:\\.(\\d*))?|\\.(\\d+))(?:[eE]([+-]?\\d+))?");
    private static final Pattern HEXADECIMAL = Pattern.compile(
            "([+-]?)0[xX](?:(\\p{XDigit}+)(?:\\.(\\p{XDigit}*))?|\\.(\\p{XDigit}+))(?:[pP]([+-]?\\d+))?");
    private static final Pattern INFINITY = Pattern.compile("([+-]?)(?i:inf|infinity)");

    /** The number that these bytes are, as {@code strtold} reads them; null when they are none, NaN, or too great or too small. */
    static @Nullable LongDouble parse(byte[] bytes) {
        if (bytes.length == 0 || bytes.length > MOST_CHARACTERS) {
            return null;
        }
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        Matcher infinity = INFINITY.matcher(text);
        if (infinity.matches()) {
            return new LongDouble(null, infinity.group(1).equals("-"));
        }
        Matcher decimal = DECIMAL.matcher(text);
        if (decimal.matches()) {
            return parsed(decimal, 10);
        }
        Matcher hexadecimal = HEXADECIMAL.matcher(text);
        return hexadecimal.matches() ? parsed(hexadecimal, 16) : null;
    }

    private static @Nullable LongDouble parsed(Matcher number, int radix) {
        String whole = number.group(2) == null ? "" : number.group(2);
        String fraction = number.group(3) != null ? number.group(3) : number.group(4) != null ? number.group(4) : "";
        BigInteger digits = new BigInteger(whole + fraction, radix);
        boolean negative = number.group(1).equals("-");
        if (digits.signum() == 0) {
            return new LongDouble(BigDecimal.ZERO, negative);
        }
        long power = number.group(5) == null ? 0 : clamped(number.group(5));
        BigDecimal exact = radix == 10
                ? tenfold(digits, power - fraction.length())
                : twofold(digits, power - 4L * fraction.length());
        if (exact == null) {
            return null;
        }
        BigDecimal rounded = round(exact);
        return rounded.signum() == 0 || rounded.compareTo(GREATEST) > 0
                ? null
                : new LongDouble(negative ? rounded.negate() : rounded, negative);
    }

    /** Of an exponent of any length, what is enough to know that it is too great. */
    private static long clamped(String exponent) {
        BigInteger most = BigInteger.valueOf(100_000);
        return new BigInteger(exponent).min(most).max(most.negate()).longValue();
    }

    private static @Nullable BigDecimal tenfold(BigInteger digits, long power) {
        BigDecimal number = new BigDecimal(digits);
        long magnitude = number.precision() + power;
        return Math.abs(magnitude) > MOST_POWER ? null : number.scaleByPowerOfTen((int) power);
    }

    private static @Nullable BigDecimal twofold(BigInteger digits, long power) {
        return Math.abs(digits.bitLength() + power) > 4L * MOST_POWER ? null : timesPowerOfTwo(digits, (int) power);
    }

    private static BigDecimal timesPowerOfTwo(BigInteger number, int power) {
        return power >= 0
                ? new BigDecimal(number.shiftLeft(power))
                : new BigDecimal(number.multiply(BigInteger.valueOf(5).pow(-power)), -power);
    }

    /** To the nearest of 64 bits, to the even one of two. Of a positive number. */
    private static BigDecimal round(BigDecimal exact) {
        // exact = numerator / denominator
        BigInteger numerator = exact.unscaledValue();
        BigInteger denominator = BigInteger.ONE;
        if (exact.scale() > 0) {
            denominator = BigInteger.TEN.pow(exact.scale());
        } else {
            numerator = numerator.multiply(BigInteger.TEN.pow(-exact.scale()));
        }
        int exponent = Math.max(LEAST_EXPONENT, numerator.bitLength() - denominator.bitLength() - SIGNIFICAND_BITS);
        BigInteger significand = divide(numerator, denominator, exponent);
        if (significand.bitLength() > SIGNIFICAND_BITS) {
            exponent++;
            significand = divide(numerator, denominator, exponent);
        }
        return timesPowerOfTwo(significand, exponent);
    }

    private static BigInteger divide(BigInteger numerator, BigInteger denominator, int exponent) {
        BigInteger upper = exponent < 0 ? numerator.shiftLeft(-exponent) : numerator;
        BigInteger lower = exponent > 0 ? denominator.shiftLeft(exponent) : denominator;
        BigInteger[] parts = upper.divideAndRemainder(lower);
        int half = parts[1].shiftLeft(1).compareTo(lower);
        return half > 0 || (half == 0 && parts[0].testBit(0)) ? parts[0].add(BigInteger.ONE) : parts[0];
    }

    /** The sum, or null when it is an infinity or not a number. */
    @Nullable
    LongDouble plus(LongDouble other) {
        if (value == null || other.value == null) {
            return null;
        }
        BigDecimal sum = value.add(other.value);
        if (sum.signum() == 0) {
            return ZERO;
        }
        BigDecimal rounded = round(sum.abs());
        boolean isNegative = sum.signum() < 0;
        return rounded.compareTo(GREATEST) > 0
                ? null
                : new LongDouble(isNegative ? rounded.negate() : rounded, isNegative);
    }

    /** As Redis writes it: rounded to 17 decimals, without an exponent, without zeros at the end. Of a finite one. */
    byte[] decimals() {
        if (value == null) {
            throw new IllegalStateException("an infinity");
        }
        BigDecimal rounded = value.setScale(DECIMALS, RoundingMode.HALF_EVEN);
        String text = rounded.signum() == 0 ? "0" : rounded.stripTrailingZeros().toPlainString();
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
