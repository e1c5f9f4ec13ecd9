// Stands in for the annotation of jakarta.annotation-api that generated classes carry; the rest of what they need is in
// the generator's own archive.

package javax.annotation;

public @interface Generated {
  String[] value();

  String date() default "";

  String comments() default "";
}
