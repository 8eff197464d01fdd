// Package classify trains networks to put labels on documents, puts labels on documents with them, and measures how well.
//
// [Train] makes a model from labelled documents and leaves it in a directory, [Load] opens it, [Model.Predict] labels
// texts, [Model.PredictStream] any number of them as they come, and [Model.Evaluate] measures the model on documents
// whose labels are known. [CrossValidate] trains and measures a model for each part of the documents in turn.
//
// [Baselines] trains what a network has to beat, the majority class, naive Bayes and a linear model over a bag of n-grams,
// on the same documents. Package measure compares probabilities with the truth and makes them honest.
//
// A task is multi-class, where each document has exactly one label, or multi-label, where each label applies or not by
// itself. It is multi-label if some document to train on has several labels, or none:
//
//	{"text": "rain falls on the snow", "label": ["wet", "cold"]}    JSON lines: a list, which may be empty
//	__label__wet __label__cold rain falls on the snow               fastText's lines: any number of labels
//	"rain falls on the snow",wet|cold                               tables: with DocumentOptions.LabelSeparator "|"
//
// Each label then has a probability of its own, and they do not add up to one: [Prediction.Top] with a threshold, usually
// a half, tells those that apply, which may be none. Accuracy is the share of the documents whose labels are all right and
// complete; macro and micro F1 count each label by itself. All labels share one temperature.
//
// A network of one direction, and one of a single layer in two directions, reads a document of any length as a whole, in
// memory that grows by its tokens alone; others, and all with attention, read a long document in parts.
package classify
