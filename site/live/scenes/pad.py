from course.widgets import DrawDigit
from helpers.data import load_mnist
from helpers.network import Network
from helpers.training import Adam, train

mnist = load_mnist("sample")
network = Network([784, 32, 10], seed=1)
records = list(train(network, mnist.X_train, mnist.y_train, epochs=4, batch_size=64, optimizer=Adam(0.005)))
DrawDigit(network, examples=(mnist.X_test, mnist.y_test))
