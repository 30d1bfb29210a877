package main

import (
	"context"
	"errors"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	genericrequest "k8s.io/apiserver/pkg/endpoints/request"
	"k8s.io/apiserver/pkg/warning"
)

// contextFor is what strategies and warnings expect to find in a request's context.
func contextFor(req *request, warned *recorder) context.Context {
	ctx := genericrequest.WithNamespace(context.Background(), req.Namespace)
	ctx = genericrequest.WithRequestInfo(ctx, &genericrequest.RequestInfo{
		IsResourceRequest: true, APIGroup: req.Group, APIVersion: req.Version, Resource: req.Resource,
		Subresource: req.Subresource, Namespace: req.Namespace, Name: req.Name,
	})
	return warning.WithWarningRecorder(ctx, warned)
}

// recorder collects warnings, each once.
type recorder struct{ texts []string }

func (r *recorder) AddWarning(_, text string) {
	if !slices.Contains(r.texts, text) {
		r.texts = append(r.texts, text)
	}
}

// statusOf words an error as the API server's Status object.
func statusOf(err error) metav1.Status {
	kind := metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	var known apierrors.APIStatus
	if errors.As(err, &known) {
		status := known.Status()
		status.TypeMeta = kind
		return status
	}
	return metav1.Status{
		TypeMeta: kind, Status: metav1.StatusFailure, Code: 500, Reason: metav1.StatusReasonUnknown, Message: err.Error(),
	}
}
