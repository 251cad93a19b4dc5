"""A drawn picture, and the way from any picture of a digit to the 28 by 28 pixels of MNIST.

The browser does the same while the pen moves (`ui/components/draw_math.js`), operation by
operation, so that both come to the same pixels.
"""
