// Package classify trains networks to put labels on documents, puts labels on documents with them, and measures how well.
//
// [Train] makes a model from labelled documents and leaves it in a directory, [Load] opens it, [Model.Predict] labels
// texts, [Model.PredictStream] any number of them as they come, and [Model.Evaluate] measures the model on documents
// whose labels are known. [CrossValidate] trains and measures a model for each part of the documents in turn.
//
// [Measure] compares probabilities with the truth: accuracy, precision, recall and F1, log loss, calibration error, and
// intervals for them. [FitTemperature] makes probabilities honest. [Baselines] trains what a network has to beat, the
// majority class, naive Bayes and a linear model over a bag of n-grams, on the same documents.
//
// A task is multi-class, where each document has exactly one label, or multi-label, where each label applies or not by
// itself.
package classify
